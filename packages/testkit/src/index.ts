export type { ExactOptionals } from './exact-optionals.ts';
export { type Readme, readReadme } from './readme.ts';
export type { Random } from './sample-export/random.ts';
export { createRandom } from './sample-export/random.ts';
export type { SampleExport, SampleExportOptions } from './sample-export.ts';
export { sampleExport, writeSampleExport } from './sample-export.ts';
export { encodeJpeg, type Paint } from './sample-media/jpeg.ts';
export { type SampleMedia, writeSampleMedia } from './sample-media.ts';
export {
  runTypeScript,
  type StartOptions,
  startTypeScript,
  typeScriptFlags,
} from './start-typescript.ts';
export { tempDirectory } from './temp-directory.ts';
export { type Replacement, type WatchedCall, watchCalls } from './watch-calls.ts';
