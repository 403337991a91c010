import { expect, test } from 'vitest';
import { openExport } from '../src/index.ts';

const MB = 1024 * 1024;

/** A chat of the size given, made as it is read. */
async function* stream(size: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{"name":"Ann","type":"personal_chat","id":7,"messages":[\n{"id":0}');
  for (let id = 1, made = 0; made < size; ) {
    const lines: string[] = [];
    for (let count = 0; count < 300; count += 1, id += 1) {
      const text = `message ${id} привет 😀 ${'word '.repeat(id % 40)}`;
      lines.push(
        `,\n{"id":${id},"type":"message","date_unixtime":"${1_500_000_000 + id * 60}","from":"N","from_id":"user${id % 3000}","text":"${text}","text_entities":[{"type":"plain","text":"${text}"}]}`,
      );
    }
    const chunk = Buffer.from(lines.join(''));
    made += chunk.length;
    yield chunk;
  }
  yield Buffer.from(']}');
}

test('memory does not grow with the size of the input', { timeout: 120_000 }, async () => {
  const used = (): number => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const reader = await openExport(stream(300 * MB));
  const before = used();
  let most = 0;
  for await (const conversation of reader.conversations()) {
    let count = 0;
    for await (const _ of conversation.messages)
      if (count++ % 5000 === 0) most = Math.max(most, used());
    expect(conversation.finish().metadata.participants).toHaveLength(1000);
  }
  expect(reader.report.messages).toBeGreaterThan(500_000);
  expect((most - before) / MB).toBeLessThan(100);
});
