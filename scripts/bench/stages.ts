// First table: where a decision's time goes, cold and cached, beside the stock way on the same texts in the same run.
import { type DecisionProbe, STAGES, type StageTimes } from './decision-probe.ts'
import type { PromptMaker } from './prompts.ts'
import type { StockWay } from './stock-way.ts'
import { headLine, type Summary, summarise, summaryLine, targetLine } from './summary.ts'

/** Tokens of a prompt, and what a decision may take of the stock way. */
const MOST_RATIOS: Readonly<Record<number, number>> = { 10: 0.8, 50: 0.75, 200: 0.7 }
export const PROMPT_TOKENS = Object.keys(MOST_RATIOS).map(Number)
const MOST_SPREAD = 3
/** Decisions that are made but not counted: JIT, and the encoder's first run of a length. */
const WARM_UP = 15
const BLOCK = 30
const SETTLING = 3

export interface StageReport {
  tokens: number
  cold: Record<string, Summary>
  cached: Record<string, Summary>
  stockWay: Summary
  /** Cold p50 of the whole decision ÷ p50 of the stock way. */
  ratio: number
  /** The same at p95. */
  ratioP95: number
}

export const summariseStages = (
  times: readonly StageTimes[],
  stages: readonly (keyof StageTimes)[] = STAGES,
): Record<string, Summary> =>
  Object.fromEntries(stages.map((stage) => [stage, summarise(times.map((time) => time[stage]))]))

export interface StageBench {
  probe: DecisionProbe
  stockWay: StockWay
  prompts: PromptMaker
  runs: number
}

/** What each prompt of a block took, but for the first few, which find the caches cold. */
const steady = async <T>(
  block: string[],
  measure: (prompt: string) => Promise<T>,
): Promise<T[]> => {
  const times: T[] = []
  for (const prompt of block) times.push(await measure(prompt))
  return times.slice(SETTLING)
}

/**
 * A block of decisions, the stock way on the same block, and so on: what else the machine does falls on both alike.
 * Not one by one, since two models that take turns throw each other's weights out of the processor's cache (200 tokens:
 * 50 ms in turns, 25 ms alone), which no server does.
 */
const measureLength = async (bench: StageBench, tokens: number): Promise<StageReport> => {
  const { probe, stockWay, runs } = bench
  for (const prompt of bench.prompts.make(tokens, WARM_UP)) {
    await probe.measure(prompt)
    await stockWay.embed(prompt)
  }
  const prompts = bench.prompts.make(tokens, runs)
  const cold: StageTimes[] = []
  const stock: number[] = []
  for (let at = 0; at < prompts.length; at += BLOCK) {
    const block = prompts.slice(at, at + BLOCK)
    cold.push(...(await steady(block, probe.measure)))
    stock.push(...(await steady(block, stockWay.embed)))
  }
  const cached: StageTimes[] = []
  for (const prompt of prompts) cached.push(await probe.measure(prompt))
  const report = {
    tokens,
    cold: summariseStages(cold),
    cached: summariseStages(cached),
    stockWay: summarise(stock),
  }
  const whole = report.cold['whole decision'] as Summary
  return {
    ...report,
    ratio: whole.p50 / report.stockWay.p50,
    ratioP95: whole.p95 / report.stockWay.p95,
  }
}

export const benchStages = async (bench: StageBench): Promise<StageReport[]> => {
  const reports: StageReport[] = []
  for (const tokens of PROMPT_TOKENS) reports.push(await measureLength(bench, tokens))
  return reports
}

export const stageLines = (stages: Record<string, Summary>): string[] =>
  Object.entries(stages).map(([stage, summary]) => summaryLine(stage, summary))

const spreadOf = ({ cold }: StageReport): number => {
  const { p50, p99 } = cold['whole decision'] as Summary
  return p99 / p50
}

export const describeStages = (report: StageReport): string[] => [
  headLine(`${report.tokens} tokens, cold`),
  ...stageLines(report.cold),
  summaryLine('stock way', report.stockWay),
  targetLine('decision ÷ stock, p50', report.ratio, MOST_RATIOS[report.tokens] as number),
  targetLine('decision, p99 ÷ p50', spreadOf(report), MOST_SPREAD),
  headLine(`${report.tokens} tokens, cached`),
  ...stageLines(report.cached),
  '',
]
