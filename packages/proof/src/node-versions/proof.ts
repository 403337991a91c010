import type { Proof } from '../proof.ts';
import { findNode } from './find-node.ts';
import { suites } from './suites.ts';
import { testSuites } from './test-suites.ts';

const VERSIONS = [20, 22, 24, 26];

/** `scale` makes it no shorter: a suite runs whole or not at all. */
export const nodeVersions: Proof = {
  name: 'node-versions',
  title: 'every test of every package on each Node that is supported',
  checks: VERSIONS.map((major) => ({
    what: `Node ${major}`,
    unavailable: async () =>
      (await findNode(major)) ? undefined : `npx cannot bring node@${major}`,
    run: async ({ report }) => {
      const node = (await findNode(major)) ?? '';
      return await testSuites(node, await suites(), report);
    },
  })),
};
