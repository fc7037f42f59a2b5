import { expect, test } from 'vitest'
import { type CircuitState, createCircuit } from '../../src/runtime/circuit.ts'

function opened() {
  const clock = { now: 0 }
  const told: CircuitState[] = []
  const circuit = createCircuit(
    { failures: 2, pauseMs: 100 },
    (state) => void told.push(state),
    () => clock.now,
  )
  circuit.failed()
  circuit.failed()
  return { clock, told, circuit }
}

test('A circuit opens after failures in a row, and not after as many with a success between', () => {
  const { circuit, told } = opened()
  expect([circuit.state(), circuit.wait(), told]).toEqual(['open', 100, ['open']])
  const other = createCircuit({ failures: 2, pauseMs: 100 }, () => expect.unreachable())
  for (let i = 0; i < 5; i += 1) {
    other.failed()
    other.succeeded()
  }
  expect([other.state(), other.wait()]).toEqual(['closed', 0])
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
