import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toolNames } from '../../../../src/agent/tools/mcp/tool-names.ts';

const FIT = /^[a-z][a-z0-9_]{0,63}$/;

test('a tool is called after its server and itself', () => {
  const names = toolNames('My Wiki', ['getPage', 'search-all', 'get.page/by id']);
  assert.deepEqual([...names.values()], ['my_wiki_get_page', 'my_wiki_search_all', 'my_wiki_get_page_by_id']);
});

test('whatever a server calls its tools, names fit and are unique, and the order does not matter', () => {
  const tools = ['a-b', 'a_b', 'a b', '', '💥', 'x'.repeat(100), `${'x'.repeat(99)}y`, '9'];
  const names = toolNames('7', tools);
  assert.ok([...names.values()].every((name) => FIT.test(name)));
  assert.equal(new Set(names.values()).size, tools.length);
  const other = toolNames('7', tools.toReversed());
  for (const tool of tools) assert.equal(other.get(tool), names.get(tool));
});
