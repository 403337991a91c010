/** The seed of this run, told so that a failure can be seen again. */
export const seed = Number(process.env.TGSTORE_SEED ?? Date.now() % 1_000_000_007);
process.stderr.write(`seed ${seed}; again with TGSTORE_SEED=${seed}\n`);
