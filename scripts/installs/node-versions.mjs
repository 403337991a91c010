import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { run } from '../run.mjs';

/** The program of a Node by its major version: this one, or what the npm package `node` brings (from npm's cache after the first time). */
export async function nodeProgram(major, directory) {
  if (Number(process.versions.node.split('.')[0]) === major) return process.execPath;
  const place = join(directory, `node-${major}`);
  await mkdir(place);
  // it brings its program with a script at installation
  await run('npm', ['install', '--prefix', place, '--prefer-offline', `node@${major}`]).catch(
    (cause) => {
      const advice = `pass --node ${process.versions.node.split('.')[0]} to leave it out`;
      throw new Error(`Node ${major} could not be had from the registry; ${advice}`, { cause });
    },
  );
  const candidates = ['node', 'node.exe'].map((file) => join(place, 'node_modules/node/bin', file));
  const program = candidates.find(existsSync);
  if (!program) throw new Error(`the npm package node@${major} brought no program`);
  return program;
}
