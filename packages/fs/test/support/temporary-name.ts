import { temporaryName } from '../../src/index.ts';

process.stdout.write(temporaryName());
