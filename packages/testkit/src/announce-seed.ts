/** A new seed each time, printed; the one of `TGSTORE_SEED` where that is set. */
export function announceSeed(): number {
  const seed = Number(process.env.TGSTORE_SEED ?? Date.now() % 1_000_000_007);
  process.stderr.write(`seed ${seed}; again with TGSTORE_SEED=${seed}\n`);
  return seed;
}
