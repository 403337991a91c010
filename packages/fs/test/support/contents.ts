/** Two big files of different content and length. */
export const contents = [
  JSON.stringify({ first: 'a'.repeat(3_000_000), end: true }),
  JSON.stringify({ second: 'b'.repeat(2_345_678), end: true }),
] as const;
