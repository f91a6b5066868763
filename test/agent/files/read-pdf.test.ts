import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openReadPdf, permissions, type PdfLimits } from '../../../src/agent/files/read-pdf.ts';
import { endlessPdf, lockedPdf, pdfBomb, pdfOf } from '../../kit/files.ts';

const LIMITS: PdfLimits = {
  mostPages: 5,
  mostCharacters: 1_000,
  withinMs: 5_000,
  mostMemory: 300 * 2 ** 20,
  atOnce: 2,
};
const never = new AbortController().signal;
const read = (bytes: Buffer, limits: Partial<PdfLimits> = {}, signal = never) =>
  openReadPdf({ ...LIMITS, ...limits })(bytes, signal);

test('the text of a PDF is read, page by page', async () => {
  assert.deepEqual(await read(pdfOf(['first', 'second'])), {
    kind: 'text',
    text: 'first\n\nsecond',
    pages: 2,
    read: 2,
    cut: false,
  });
});

test('no more is read than so many pages, and so many characters', async () => {
  const pages = pdfOf(Array.from({ length: 9 }, (_, index) => `page ${index + 1}`));
  const few = await read(pages);
  assert.ok(few.kind === 'text' && few.cut && few.read === 5 && few.text.endsWith('page 5'));
  const short = await read(pages, { mostCharacters: 10 });
  assert.ok(short.kind === 'text' && short.cut && short.read === 2 && short.text === 'page 1\n\npa');
});

test('one that is locked and one that is broken are told apart', async () => {
  assert.deepEqual(await read(lockedPdf()), { kind: 'failed', why: 'encrypted' });
  assert.deepEqual(await read(Buffer.from('%PDF-1.7\nnothing more')), { kind: 'failed', why: 'broken' });
  assert.deepEqual(await read(Buffer.alloc(0)), { kind: 'failed', why: 'broken' });
});

test('one that unpacks to more than memory allows ends its own process only', async () => {
  const bomb = pdfBomb(800 * 2 ** 20);
  const before = process.memoryUsage.rss();
  assert.deepEqual(await read(bomb), { kind: 'failed', why: 'large' });
  assert.ok(process.memoryUsage.rss() - before < 100 * 2 ** 20);
});

test('one that takes longer than it may is ended', async () => {
  const endless = endlessPdf(1_000_000);
  const begun = performance.now();
  const slow = await read(endless, { withinMs: 300, mostMemory: 2 ** 40 });
  assert.deepEqual(slow, { kind: 'failed', why: 'slow' });
  assert.ok(performance.now() - begun < 3_000);
});

test('who does not want it any more does not wait, and whoever is next in line gets the place', async () => {
  const readPdf = openReadPdf({ ...LIMITS, atOnce: 1, mostMemory: 2 ** 40 });
  const controller = new AbortController();
  const begun = performance.now();
  const first = readPdf(endlessPdf(1_000_000), controller.signal);
  const second = readPdf(pdfOf(['second']), never);
  setTimeout(() => controller.abort(), 100);
  assert.deepEqual(await first, { kind: 'failed', why: 'slow' });
  assert.ok(performance.now() - begun < 1_000);
  const next = await second;
  assert.equal(next.kind === 'text' && next.text, 'second');
});

test('the process that reads may neither read other files nor reach the network', async () => {
  const script = `
    const asks = [['fs.read', ${JSON.stringify(import.meta.filename)}], ['fs.write'], ['net'], ['child']];
    console.log(JSON.stringify(asks.map((ask) => process.permission.has(...ask))));`;
  const { stdout } = await promisify(execFile)(process.execPath, [...permissions(), '-e', script]);
  assert.deepEqual(JSON.parse(stdout), [false, false, false, false]);
});
