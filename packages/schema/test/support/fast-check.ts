import fc from 'fast-check';

// The same cases in each run; TGSTORE_SEED=<number> or TGSTORE_SEED=random tries others. fast-check prints the seed and
// the smallest counterexample when a property fails.
const { TGSTORE_SEED = '20231115' } = process.env;

fc.configureGlobal({ seed: TGSTORE_SEED === 'random' ? Date.now() | 0 : Number(TGSTORE_SEED) });

export { fc };
