// Loaded into a measured process: writes its peak memory to the file that TGSTORE_BENCH_REPORT names.
import { writeFileSync } from 'node:fs';
import process from 'node:process';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const report = { peakBytes: maxRSS * 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 };
  writeFileSync(process.env.TGSTORE_BENCH_REPORT, JSON.stringify(report));
});
