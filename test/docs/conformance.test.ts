import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { behaviours } from '../contract/behaviours/all.ts';
import { lackOf, nameOf } from '../contract/subject.ts';
import { subjects } from '../contract/subjects/all.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PLATFORMS = ['slack', 'discord', 'teams', 'github'] as const;

const DOCUMENT = await readFile(join(ROOT, 'docs', 'conformance.md'), 'utf8');

type Cell = { readonly feature: string; readonly platform: string; readonly text: string };

/** Every cell of every table whose columns are the platforms. */
function readCells(): readonly Cell[] {
  return DOCUMENT.split('\n').flatMap((line) => {
    if (!line.startsWith('| ') || line.startsWith('| What ') || line.startsWith('| --- ')) return [];
    const [feature = '', ...texts] = line
      .slice(1, -1)
      .split('|')
      .map((part) => part.trim());
    assert.equal(texts.length, PLATFORMS.length, line);
    return texts.map((text, index) => ({ feature, platform: PLATFORMS[index] ?? '', text }));
  });
}

/** The names of all tests as they stand in the sources: those with values in them are names of many. */
async function readNames(): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const path of glob('test/**/*.test.ts', { cwd: ROOT })) {
    const source = await readFile(join(ROOT, path), 'utf8');
    for (const [, quote = '', text = ''] of source.matchAll(/\btest\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs)) {
      names.add(text.replaceAll(`\\${quote}`, quote));
    }
  }
  return names;
}

/** Where a vendor documents what its platform has, by the label in a cell. */
const sources = new Map(
  [...DOCUMENT.matchAll(/^\[([\w-]+)\]: (https:\/\/\S+)$/gm)].map(([, label, url]) => [label, url]),
);
const labelIn = (text: string): string | undefined => / \[([\w-]+)\]$/.exec(text)?.[1];

const cells = readCells();
const names = await readNames();
const sentences = new Map(behaviours.map((behaviour) => [behaviour.sentence, behaviour]));

test('every test that the document names exists', () => {
  const named = cells.flatMap(({ text }) => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
  assert.ok(named.length > 100);
  assert.deepEqual(
    named.filter((name) => !names.has(name)),
    [],
  );
});

test('every cell is a proof, or says why there is none', () => {
  for (const { feature, platform, text } of cells) {
    const isProof = text === '✓' || /^(?:`[^`]+`(?:, )?)+$/.test(text);
    assert.ok(isProof || /^not supported: .{5}|^not yet(?:: .{5}|$)/.test(text), `${feature} on ${platform}: ${text}`);
  }
});

test('what the document says of the contract is what the contract does', () => {
  for (const { feature, platform, text } of cells) {
    const behaviour = sentences.get(feature);
    const subject = subjects.find((one) => one.platform === platform);
    assert.ok(subject);
    assert.ok(behaviour !== undefined || text !== '✓', `no contract says: ${feature}`);
    if (behaviour === undefined) continue;
    const lack = lackOf(subject, behaviour);
    const said = text.startsWith('not yet') ? 'notYet' : text.startsWith('not supported') ? 'notSupported' : undefined;
    assert.equal(lack === undefined ? undefined : Object.keys(lack)[0], said, nameOf(subject, behaviour));
    if (lack === undefined || !('notSupported' in lack)) continue;
    assert.equal(text, `not supported: ${lack.notSupported} [${labelIn(text)}]`);
    assert.equal(sources.get(labelIn(text)), lack.source, nameOf(subject, behaviour));
  }
});

test('every sentence of the contract is in the document, once', () => {
  for (const { sentence } of behaviours) {
    assert.equal(cells.filter(({ feature }) => feature === sentence).length, PLATFORMS.length, sentence);
  }
  assert.equal(sentences.size, behaviours.length);
});

test('every limit of a platform names where its vendor documents what there is, and no source is named in vain', () => {
  const limits = cells.filter(({ text }) => text.startsWith('not supported'));
  assert.ok(limits.length > 50);
  for (const { feature, platform, text } of limits) {
    const label = labelIn(text);
    assert.ok(label !== undefined && sources.has(label), `${feature} on ${platform}: ${text}`);
    assert.ok(label.startsWith(`${platform}-`), `${label} is no source on ${platform}`);
  }
  const named = new Set(limits.map(({ text }) => labelIn(text)));
  assert.deepEqual(
    [...sources.keys()].filter((label) => !named.has(label)),
    [],
  );
});
