import { defineConfig } from 'vitest/config';

/** What every package's vitest.config.ts re-exports: tests run from source, no build before them. */
export default defineConfig({
  ssr: { resolve: { conditions: ['@tgstore/source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    restoreMocks: true,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
