import { expect, test } from 'vitest'
import { type CircuitState, createCircuit } from '../../src/runtime/circuit.ts'

const limits = { failures: 2, pauseMs: 100, share: 0.5, calls: 20, windowMs: 1000 }

function closed(more: Partial<typeof limits> = {}) {
  const clock = { now: 0 }
  const told: CircuitState[] = []
  const circuit = createCircuit(
    { ...limits, ...more },
    (state) => void told.push(state),
    () => clock.now,
  )
  return { clock, told, circuit }
}

function opened() {
  const all = closed()
  all.circuit.failed()
  all.circuit.failed()
  return all
}

test('A circuit opens after failures in a row, and not after as many with a success between', () => {
  const { circuit, told } = opened()
  expect([circuit.state(), circuit.wait(), told]).toEqual(['open', 100, ['open']])
  const other = closed()
  for (let i = 0; i < 5; i += 1) {
    other.circuit.failed()
    other.circuit.succeeded()
  }
  expect([other.circuit.state(), other.circuit.wait(), other.told]).toEqual(['closed', 0, []])
})

/** One that fails, then one that succeeds, every `everyMs` milliseconds. */
function alternate({ circuit, clock }: ReturnType<typeof closed>, pairs: number, everyMs: number) {
  for (let i = 0; i < pairs && circuit.state() === 'closed'; i += 1) {
    circuit.failed()
    circuit.succeeded()
    clock.now += everyMs
  }
  return circuit.state()
}

test('It opens once half of enough requests have failed lately, and not of too few, too old or more that succeed', () => {
  expect(alternate(closed(), 11, 10)).toBe('open')
  expect(alternate(closed(), 10, 10)).toBe('closed')
  expect(alternate(closed(), 100, 120)).toBe('closed')
  const mostly = closed()
  for (let i = 0; i < 100; i += 1) {
    mostly.circuit.succeeded()
    alternate(mostly, 1, 10)
  }
  expect(mostly.circuit.state()).toBe('closed')
})

test('One that opened by a share is closed by the request that tries, not by one from before, and counts anew', () => {
  const all = closed()
  alternate(all, 11, 0)
  all.circuit.succeeded()
  expect(all.circuit.state()).toBe('open')
  all.clock.now = 100
  all.circuit.wait()
  all.circuit.failed()
  expect(all.circuit.wait()).toBe(100)
  all.clock.now = 200
  all.circuit.wait()
  all.circuit.succeeded()
  expect(alternate(all, 10, 0)).toBe('closed')
})

test('After the pause one request tries, the others still wait', () => {
  const { circuit, clock, told } = opened()
  clock.now = 99
  expect([circuit.wait(), circuit.state()]).toEqual([1, 'open'])
  clock.now = 100
  expect([circuit.state(), circuit.wait(), circuit.wait()]).toEqual(['half-open', 0, 100])
  expect(told).toEqual(['open', 'half-open'])
})

test('What the one comes to decides: it closes, or stays open for another pause', () => {
  const { circuit, clock, told } = opened()
  clock.now = 100
  circuit.wait()
  circuit.failed()
  clock.now = 150
  expect([circuit.state(), circuit.wait()]).toEqual(['open', 50])
  clock.now = 200
  circuit.wait()
  circuit.succeeded()
  expect([circuit.state(), circuit.wait()]).toEqual(['closed', 0])
  expect(told).toEqual(['open', 'half-open', 'open', 'half-open', 'closed'])
})

test('One that ends without news is followed by another after a pause', () => {
  const { circuit, clock } = opened()
  clock.now = 100
  circuit.wait()
  clock.now = 200
  expect(circuit.wait()).toBe(0)
})
