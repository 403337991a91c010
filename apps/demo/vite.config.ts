import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page, as files without names of other hosts; the command line carries them in its package. */
export default defineConfig({
  root: 'src/page',
  plugins: [react()],
  build: {
    outDir: '../../dist',
    emptyOutDir: true,
    target: 'es2023',
    // small files stay files: the policy of the page allows no data addresses
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
