import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import {
  type EvalOptions,
  optionsProblem,
  withEvalOptions,
} from '../../scripts/report/eval/options.ts'

const parse = (args: string[]): EvalOptions => {
  const command = withEvalOptions(new Command('eval')).exitOverride()
  command.configureOutput({ writeErr: () => {} })
  return command.parse(args, { from: 'user' }).opts<EvalOptions>()
}

describe('the options of eval', () => {
  it('collect the files of repeated options, and know a flag with and without a number', () => {
    const none = ['--none', 'near', '--none', 'far']
    const train = ['--train', 't', '--train-none', 'n', '--train-none', 'm']
    const options = parse(['--test', 'x', ...none, ...train, '--flips', '--conformal', '0.05'])
    expect(options).toEqual({
      test: 'x',
      none: ['near', 'far'],
      train: ['t'],
      trainNone: ['n', 'm'],
      flips: true,
      conformal: 0.05,
    })
    expect(optionsProblem(options)).toBeNull()
    expect(parse(['--test', 'x', '--flips', '50']).flips).toBe(50)
  })

  it('leave out a kind of exemplar instead of testing on a file', () => {
    const options = parse(['--leave-out', 'style', '--by', 'language'])
    expect(options).toEqual({ leaveOut: 'style', by: ['language'] })
    expect(optionsProblem(options)).toBeNull()
  })

  it.each([
    [[], "required option '--test <file>' not specified"],
    [['--test', 'x', '--train-none', 'y'], '--train-none belongs to --train'],
    [['--test', 'x', '--compare', '1'], '--compare takes two, not 1'],
    [['--compare', '1', 'b.jsonl'], "required option '--test <file>' not specified"],
    [['--test', 'x', '--compare', '1', '2', '--flips'], '--flips does not go with --compare'],
    [['--test', 'x', '--compare', '1', '2', '--none', 'y'], '--none does not go with --compare'],
    [
      ['--test', 'x', '--compare', '1', '2', '--min-accuracy', '0.5'],
      '--min-accuracy does not go with --compare',
    ],
    [
      ['--test', 'x', '--compare', '1', '2', '--train', 'y'],
      'with --compare, --train is for settings files (.yaml, .json)',
    ],
    [['--leave-out', 'style', '--test', 'x'], '--test does not go with --leave-out'],
    [['--leave-out', 'style', '--flips'], '--flips does not go with --leave-out'],
    [['--leave-out', 'style', '--train-none', 'x'], '--train-none belongs to --train'],
  ])('are refused: %j', (args, problem) => {
    expect(optionsProblem(parse(args))).toBe(problem)
  })

  it.each([
    [['--compare', 'a.jsonl', 'b.jsonl']],
    [['--test', 'x', '--compare', '1', 'b.jsonl', '--html', 'y', '--json']],
    [['--test', 'x', '--compare', 'a.yaml', 'b.json', '--train', 'y', '--train-none', 'z']],
  ])('go together: %j', (args) => {
    expect(optionsProblem(parse(args))).toBeNull()
  })

  it.each([
    ['--conformal', '0'],
    ['--conformal', '1'],
    ['--flips', 'all'],
    ['--flips', '0'],
    ['--min-accuracy', '85'],
    ['--min-accuracy', ' '],
  ])('refuse the value of %s %s', (flag, value) => {
    expect(() => parse(['--test', 'x', flag, value])).toThrow(/Expected a/)
  })
})
