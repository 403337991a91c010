import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { MessagePage, ShownMedia } from '../../src/api/index.ts';
import { message, type TestExplorer, testExplorer } from './support/explorer.ts';

/** What is shown of messages with these paths. */
async function mediaOf(
  explorer: TestExplorer,
  paths: readonly string[],
): Promise<(ShownMedia | undefined)[]> {
  const all = paths.map((media_path, index) =>
    message(index + 1, { media_type: 'photo', media_path }),
  );
  await explorer.save('1', all);
  const { messages } = await explorer.getJson<MessagePage>('/api/conversations/1/messages');
  return messages.map(({ media }) => media);
}

test('a file that is there has an address that is good for it alone, and needs no token', async () => {
  await using explorer = await testExplorer();
  await writeFile(join(explorer.mediaDirectory, 'photos/1.jpg'), 'first');
  await writeFile(join(explorer.mediaDirectory, 'photos/2.JPG'), 'second');
  const [first, second, missing] = await mediaOf(explorer, [
    'photos/1.jpg',
    'photos/2.JPG',
    'photos/3.jpg',
  ]);
  expect(first).toMatchObject({
    kind: 'photo',
    name: '1.jpg',
    path: 'photos/1.jpg',
    shownAs: 'image',
  });
  expect(missing).toMatchObject({ name: '3.jpg', path: 'photos/3.jpg' });
  expect(missing?.url).toBeUndefined();
  const { status, text, headers } = await explorer.request(first?.url ?? '', { isStranger: true });
  expect([status, text]).toEqual([200, 'first']);
  expect(headers).toMatchObject({
    'content-type': 'image/jpeg',
    'content-length': '5',
    'accept-ranges': 'bytes',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
  });
  expect((await explorer.request(second?.url ?? '')).text).toBe('second');
  // the key of one is none for the other
  const key = first?.url?.split('key=')[1] ?? '';
  for (const url of [
    `/media/1/2?key=${key}`,
    '/media/1/1',
    '/media/1/1?key=',
    `/media/1/1?key=${key}x`,
    '/media/1/3?key=x',
  ]) {
    expect((await explorer.request(url)).status, url).toBe(403);
  }
});

test('parts of a file are served, as players ask for them', async () => {
  await using explorer = await testExplorer();
  await writeFile(join(explorer.mediaDirectory, 'a.mp4'), '0123456789');
  await writeFile(join(explorer.mediaDirectory, 'empty.mp4'), '');
  const [video, empty] = await mediaOf(explorer, ['a.mp4', 'empty.mp4']);
  const part = async (range: string, url = video?.url): Promise<unknown[]> => {
    const { status, text, headers } = await explorer.request(url ?? '', { headers: { range } });
    return [status, text, headers['content-range']];
  };
  expect(await part('bytes=0-')).toEqual([206, '0123456789', 'bytes 0-9/10']);
  expect(await part('bytes=2-4')).toEqual([206, '234', 'bytes 2-4/10']);
  expect(await part('bytes=8-99')).toEqual([206, '89', 'bytes 8-9/10']);
  expect(await part('bytes=-3')).toEqual([206, '789', 'bytes 7-9/10']);
  expect(await part('bytes=10-')).toEqual([416, '', 'bytes */10']);
  expect(await part('bytes=-0')).toEqual([416, '', 'bytes */10']);
  for (const range of ['bytes=4-2', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=-', 'x']) {
    expect(await part(range)).toEqual([200, '0123456789', undefined]);
  }
  expect(await part('bytes=0-', empty?.url)).toEqual([416, '', 'bytes */0']);
  expect((await explorer.request(empty?.url ?? '')).status).toBe(200);
});

test('what browsers could run is a download', async () => {
  await using explorer = await testExplorer();
  for (const name of ['a.html', 'b.svg', "it's “c”.pdf"]) {
    await writeFile(join(explorer.mediaDirectory, name), '<script>alert(1)</script>');
  }
  for (const media of await mediaOf(explorer, ['a.html', 'b.svg', "it's “c”.pdf"])) {
    const { headers } = await explorer.request(media?.url ?? '');
    expect(headers['content-type']).toBe('application/octet-stream');
    expect(headers['content-disposition']).toMatch(/^attachment; filename\*=UTF-8''[\w.%-]+$/);
    expect(media?.shownAs).toBeUndefined();
  }
});

test('no path of a message leads out of the directories, whatever links are there', async () => {
  await using explorer = await testExplorer();
  const { mediaDirectory, directory } = explorer;
  await symlink(join(directory, 'secret.txt'), join(mediaDirectory, 'link.jpg'));
  await symlink(directory, join(mediaDirectory, 'up'));
  await mkdir(`${mediaDirectory}-other`);
  await writeFile(join(`${mediaDirectory}-other`, 'a.jpg'), 'x');
  await mkdir(join(mediaDirectory, 'folder.jpg'));
  await mkdir(join(mediaDirectory, '.hidden'));
  await writeFile(join(mediaDirectory, '.hidden/a.jpg'), 'x');
  const paths = [
    '../secret.txt',
    'photos/../../secret.txt',
    '..\\secret.txt',
    join(directory, 'secret.txt'),
    'link.jpg',
    'up/secret.txt',
    '../media-other/a.jpg',
    'folder.jpg',
    '.hidden/a.jpg',
    'photos/\0.jpg',
    '.tgstore/store.json',
    '.',
    '/',
  ];
  const shown = await mediaOf(explorer, paths);
  expect(shown.map((media) => media?.url)).toEqual(paths.map(() => undefined));
  // links that stay inside are followed
  await writeFile(join(mediaDirectory, 'photos/1.jpg'), 'x');
  await symlink('photos/1.jpg', join(mediaDirectory, 'same.jpg'));
  const [same] = await mediaOf(explorer, ['same.jpg']);
  expect((await explorer.request(same?.url ?? '')).text).toBe('x');
  // a file that went, or became a link to elsewhere, after its address was given
  await symlink(join(directory, 'secret.txt'), join(mediaDirectory, 'later.jpg'));
  await mediaOf(explorer, ['later.jpg']);
  const { status, text } = await explorer.request(same?.url ?? '');
  expect([status, text.includes('secret')]).toEqual([404, false]);
});
