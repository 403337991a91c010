import { mergeConfig } from 'vitest/config';
import base from '../../vitest.base.ts';

// one file at a time: most of them start several processes
export default mergeConfig(base, { test: { maxWorkers: 1, testTimeout: 180_000 } });
