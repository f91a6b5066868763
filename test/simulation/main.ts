import { runSeed } from './run.ts';
const [from, count] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 100)];
const t = performance.now();
let bad = 0;
for (let seed = from; seed < from + count; seed++) {
  const o = await runSeed(seed);
  if (o.violations.length || count === 1) {
    bad++;
    console.log(JSON.stringify(o));
  }
  if (bad > 10) break;
}
console.log(`${((performance.now() - t) / count).toFixed(2)} ms a seed, ${bad} bad`);
