export type { ExplorerErrorCode } from './errors.ts';
export { ExplorerError } from './errors.ts';
export { startExplorer } from './explorer.ts';
export type {
  BackupKeys,
  ExplainError,
  Explorer,
  ExplorerOptions,
  Processing,
} from './options.ts';
