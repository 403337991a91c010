import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EnhancedFileManager, type EnhancedFileManagerOptions } from '@tgstore/core';
import { MemoryFiles } from './memory-files.ts';

/** A store whose files are in memory; only its locks are on the disk. */
export class MemoryStore implements AsyncDisposable {
  readonly memory: MemoryFiles;
  readonly manager: EnhancedFileManager;
  readonly path: string;

  constructor(directory: string, options: Partial<EnhancedFileManagerOptions> = {}) {
    this.path = join(directory, 'store');
    mkdirSync(join(this.path, '.tgstore'), { recursive: true });
    this.memory = new MemoryFiles(this.path);
    this.manager = this.open(options);
  }

  /** Another one, for which all is new. */
  open(options: Partial<EnhancedFileManagerOptions> = {}): EnhancedFileManager {
    const { fileSystem } = this.memory;
    const { path: storageDir } = this;
    return new EnhancedFileManager({
      storageDir,
      fileSystem,
      durability: 'relaxed',
      lockTimeoutMs: 2000,
      ...options,
    });
  }

  conversation(id: string, status = 'unprocessed'): string {
    return join(this.path, `${id}_${status}.json`);
  }

  own(...names: readonly string[]): string {
    return join(this.path, '.tgstore', ...names);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.manager.close();
  }
}
