import type { CheckProblem } from '@tgstore/core';
import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { duration, json, plural } from '../output.ts';
import { printProblem } from '../problem.ts';
import { Progress } from '../progress.ts';
import { type GlobalOptions, openStore } from '../store.ts';
import { printVerdict } from '../verdict.ts';
import { runRecover } from './recover.ts';

export function checkCommand({ io, exit }: CommandContext): Command {
  return new Command('check')
    .summary('read everything and say what is wrong')
    .description(
      'Reads every conversation whole and reports each problem with its remedy. Changes nothing, unless told to.',
    )
    .option('--fix', 'mend what can be mended, as tgstore recover does')
    .addHelpText('before', examples('check', 'check --fix'))
    .addHelpText('after', describeExitCodes('notAStore', 'problemsFound'))
    .action(async (_options: unknown, command: Command) => {
      const { fix, ...options } = command.optsWithGlobals<GlobalOptions & { fix?: boolean }>();
      exit(fix ? await runRecover(options, io) : await runCheck(options, io));
    });
}

export async function runCheck(options: GlobalOptions, io: Io): Promise<ExitCode> {
  const start = performance.now();
  const files = await openStore(options, io);
  const { totalCount: total } = await files.getConversationStats();
  const problems: CheckProblem[] = [];
  const read = { conversations: 0, messages: 0 };
  {
    using progress = new Progress(io, {
      label: 'checking',
      unit: 'conversations',
      total,
    });
    const findings = files.check({
      signal: io.signal,
      onConversation: ({ messages }) => {
        read.conversations += 1;
        read.messages += messages;
        progress.update(read.conversations);
      },
    });
    for await (const problem of findings) problems.push(problem);
  }
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (options.json) {
    const duration_ms = Math.round(performance.now() - start);
    json(io, { store: files.storageDir, ...read, errors, problems, duration_ms });
  } else {
    for (const problem of problems) printProblem(problem, files.storageDir, io);
    const found = [
      plural(read.conversations, 'conversation'),
      `${plural(read.messages, 'message')} read`,
      errors === 0 ? 'no problems' : plural(errors, 'problem'),
    ];
    const notices = problems.length - errors;
    if (notices > 0) found.push(plural(notices, 'notice'));
    found.push(duration(performance.now() - start));
    printVerdict(io.stdout, errors === 0 ? 'OK' : 'PROBLEMS', found);
  }
  return errors > 0 ? ExitCode.problemsFound : ExitCode.ok;
}
