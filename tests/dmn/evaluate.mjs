// Evaluates a DMN decision table by bpmn.io's own reader and FEEL engine, which know nothing of our code.
// node evaluate.mjs <file.dmn>  <  JSON list of inputs  >  JSON list of {rule, outputs}; rule is null where none fits.
import { readFileSync } from 'node:fs';
import { DmnModdle } from 'dmn-moddle';
import { evaluate, unaryTest } from 'feelin';

const { rootElement, warnings } = await new DmnModdle().fromXML(readFileSync(process.argv[2], 'utf8'));
if (warnings.length) throw new Error(warnings.map((warning) => warning.message).join('; '));
const decisions = rootElement.drgElement.filter((element) => element.$type === 'dmn:Decision');
if (decisions.length !== 1) throw new Error('one decision is expected');
const table = decisions[0].decisionLogic;
if (table.hitPolicy !== 'FIRST') throw new Error(`hit policy ${table.hitPolicy}`);

function value(text, context) {
  const found = evaluate(text, context);
  if (found.warnings.length) throw new Error(`${text}: ${found.warnings[0].message}`);
  return found.value;
}

function fits(test, input, context) {
  return unaryTest(test, { ...context, '?': input }).value === true;
}

const answers = JSON.parse(readFileSync(0, 'utf8')).map((context) => {
  const inputs = table.input.map((column) => value(column.inputExpression.text, context));
  table.input.forEach((column, position) => {
    if (inputs[position] !== null && !fits(column.inputValues.text, inputs[position], context)) {
      throw new Error(`${column.label}: an input that the table does not allow`);
    }
  });
  const rule = table.rule.find((one) => one.inputEntry.every((entry, n) => fits(entry.text, inputs[n], context)));
  if (!rule) return { rule: null, outputs: {} };
  const outputs = rule.outputEntry.map((entry, n) => [table.output[n].name, value(entry.text, context)]);
  return { rule: rule.id, outputs: Object.fromEntries(outputs) };
});
const rules = table.rule.map((rule) => rule.id);
const columns = table.input.map((column) => ({ name: column.inputExpression.text, values: column.inputValues.text }));
process.stdout.write(JSON.stringify({ rules, columns, answers }));
