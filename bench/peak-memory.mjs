// Loaded into a measured process: writes its peak memory to the file that TGSTORE_BENCH_REPORT names.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const report = {
    peakBytes: peakKilobytes(maxRSS) * 1024,
    cpuMs: (userCPUTime + systemCPUTime) / 1000,
  };
  writeFileSync(process.env.TGSTORE_BENCH_REPORT, JSON.stringify(report));
});

// what Linux gives as maxRSS is at least that of the process that started this one
function peakKilobytes(maxRSS) {
  if (!existsSync('/proc/self/status')) return maxRSS;
  return Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}
