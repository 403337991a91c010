import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

/** What the tool for this kind of file says against it; `missing` where the tool is. */
export async function checkSyntax(
  name: string,
  text: string,
  directory: string,
): Promise<{ readonly tool: string; readonly complaint: string }> {
  const path = join(directory, basename(name));
  await writeFile(path, forThisMachine(name, text));
  if (name.endsWith('.sh')) return check('bash', '-n', path);
  if (name.endsWith('.yaml')) return checkYaml(text);
  if (name.endsWith('.timer')) {
    // it starts the service of the same name
    const service = path.replace(/timer$/, 'service');
    await writeFile(service, '[Service]\nType=oneshot\nExecStart=/bin/true\n');
  }
  return check('systemd-analyze', 'verify', '--man=no', '--recursive-errors=no', path);
}

/** A command that is not installed here would be a complaint of its own. */
function forThisMachine(name: string, text: string): string {
  return name.endsWith('.service')
    ? text.replace(/^ExecStart=\S+/gm, `ExecStart=${process.execPath}`)
    : text;
}

function check(tool: string, ...args: readonly string[]): { tool: string; complaint: string } {
  const { error, status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8' });
  if (error) return { tool, complaint: 'missing' };
  const said = `${stdout}${stderr}`;
  return { tool, complaint: status === 0 ? said : said || `status ${status}` };
}

function checkYaml(text: string): { tool: string; complaint: string } {
  const core = createRequire(import.meta.resolve('@tgstore/core'));
  const yaml = core('yaml') as { parse: (text: string, options: object) => unknown };
  try {
    yaml.parse(text, { merge: true });
    return { tool: 'yaml', complaint: '' };
  } catch (error) {
    return { tool: 'yaml', complaint: String(error) };
  }
}
