/** A new seed each time, printed; the one of `TGSTORE_SEED` where that is set. */
export function seed(): number {
  const value = Number(process.env.TGSTORE_SEED ?? Date.now() % 1_000_000_007);
  process.stderr.write(`seed ${value}; again with TGSTORE_SEED=${value}\n`);
  return value;
}
