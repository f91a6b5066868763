import assert from 'node:assert/strict';
import { test } from 'node:test';
import { play, type Step } from '../../../sandbox/demo/play.ts';
import { openModel } from '../../../sandbox/demo/scenes.ts';
import { reportOf, tickOf, verdictOf } from '../../../sandbox/demo/transcript.ts';
import { openPaperStage, type Wrong } from './paper-stage.ts';

const PATIENCE = { withinMs: 120, quietMs: 10 };

async function played(
  wrong?: Wrong,
): Promise<{ steps: readonly Step[]; told: readonly Step[]; deeds: readonly string[] }> {
  const told: Step[] = [];
  const stage = openPaperStage(wrong);
  const steps = await play(stage, { model: openModel(), patience: PATIENCE, tell: (step) => void told.push(step) });
  return { steps, told, deeds: stage.deeds };
}

test('a bot that does everything right is asked, edited, stopped and asked again, and each step is told as it ends', async () => {
  const { steps, told, deeds } = await played();
  assert.deepEqual(
    steps.map(({ platform, number, fault }) => [platform, number, fault]),
    [1, 2, 3, 4, 5, 6].map((number) => ['Slack', number, undefined]),
  );
  assert.deepEqual(told, steps);
  assert.deepEqual(
    deeds.map((deed) => deed.split(' ')[0]),
    ['say', 'say', 'edit', 'say', 'stop', 'press', 'say', 'say', 'press'],
  );
  assert.equal(verdictOf(steps).code, 0);
  const report = reportOf(steps);
  for (const seen of [
    'to Bern?',
    'ada edits it:',
    'to Basel?',
    'in the same post',
    'Stopped by ada.',
    '[Try again]',
    'In short:',
  ])
    assert.ok(report.includes(seen), `${seen} is in\n${report}`);
  assert.match(report, /^ +\d\.\d\d s {2}ada edits it/m);
});

const faults: readonly [Wrong, step: number, fault: RegExp][] = [
  ['silent', 1, /no word came within 0.12 s/],
  ['refused', 1, /the delivery was answered with 503/],
  ['cut', 1, /the answer is cut/],
  ['doubled', 1, /more than once/],
  ['edit ignored', 2, /the answer is another one: “to bern/],
  ['edit anew', 2, /posted anew instead of changed in its place/],
  ['no card', 3, /no card with \[Try again\] came within/],
  ['card of nobody', 3, /does not say who stopped it: “Stopped by somebody/],
  ['made-up beginning', 3, /no beginning of the answer/],
  ['whole though stopped', 3, /no beginning of the answer/],
  ['again ignored', 4, /was not given again within/],
  ['again anew', 4, /posted anew instead of given in its place/],
  ['card stays', 4, /was not given again|card is still there/],
  ['not spared', 5, /the answer is another one/],
  ['broken stays', 5, /the answer is another one/],
  ['done unasked', 6, /nobody was asked within/],
  ['asked for nothing', 6, /not shown what exactly/],
  ['allowed in vain', 6, /the answer is another one: “no/],
];
for (const [wrong, number, fault] of faults) {
  test(`a bot that is wrong (${wrong}) fails the demo at step ${number}, on the platform where it was`, async () => {
    const { steps } = await played(wrong);
    const last = steps.at(-1);
    assert.equal(last?.number, number);
    assert.match(last.fault ?? '', fault);
    assert.ok(steps.slice(0, -1).every((step) => step.fault === undefined));
    const { text, code } = verdictOf(steps);
    assert.equal(code, 1);
    assert.match(text, new RegExp(`^THE DEMO FAILED\n {2}Slack, step ${number} \\(`));
    assert.match(tickOf(last), /^✗ Slack/);
    assert.match(reportOf(steps), /✗ .+/);
  });
}
