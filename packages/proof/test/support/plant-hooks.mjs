let planted;

export function initialize(data) {
  planted = data;
}

export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (!url.split('?')[0].endsWith(`/packages/${planted.file}`)) return loaded;
  const source = Buffer.from(loaded.source).toString('utf8');
  const at = source.indexOf(planted.find);
  if (at < 0 || source.includes(planted.find, at + 1)) {
    process.stderr.write(`not once in ${planted.file}: ${planted.find}\n`);
    process.exit(3);
  }
  return { ...loaded, source: source.replace(planted.find, () => planted.replace) };
}
