import { mergeConfig } from 'vitest/config';
import base from '../../vitest.base.ts';

// two files at a time also where there are two cores: most of them wait for their processes
export default mergeConfig(base, { test: { maxWorkers: 2, testTimeout: 180_000 } });
