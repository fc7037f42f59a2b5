/** The scripts of `list-files`, and that they need nothing but plain JavaScript: the Java engine runs them too. */

import { describe, expect, it } from 'vitest'
import { runShipped as run } from './support/script.ts'

const today = () => Math.floor(Date.now() / 86_400_000)

describe('the window of days', () => {
  it('ends with the given day and has as many days as asked', async () => {
    expect(run('day-window.js', { to_date: '2026-11-24', days: 1 })).toEqual({
      first: 20781,
      last: 20781,
      end: 20782,
    })
    expect(run('day-window.js', { to_date: '1970-01-31', days: 31 })).toEqual({ first: 0, last: 30, end: 31 })
  })

  it('takes a number that a runtime passes on as text', async () => {
    expect(run('day-window.js', { to_date: '2026-11-24', days: '3' })).toMatchObject({ first: 20779 })
  })

  it('is the last seven days when nothing is given', async () => {
    const before = today()
    const window = run('day-window.js', {}) as { first: number; last: number; end: number }
    expect([before, today()]).toContain(window.last)
    expect(window).toEqual({ first: window.last - 6, last: window.last, end: window.last + 1 })
  })
})

const box = (label: string, validation_status = 'success', score = 0.9) => ({ label, validation_status, score })

const page = (request_file_id: string, number: number, more: object = {}) => ({
  id: `${request_file_id}-${number}`,
  request_file_id,
  page: number,
  original_file_name: `${request_file_id}.pdf`,
  day_since_epoch: 20781,
  is_moderated: false,
  approval_status: '',
  assigned_member: '',
  status: 'success',
  export_status: '',
  retries: 0,
  predicted_boxes: [],
  moderated_boxes: null,
  ...more,
})

interface File {
  readonly request_file_id: string
  readonly pages: readonly { readonly page: number }[]
}

async function files(moderated_images: unknown, unmoderated_images: unknown) {
  const window = { first: 20775, last: 20781 }
  return run('files-of-pages.js', {
    window,
    'list-pages': { moderated_images, unmoderated_images },
  }) as File[]
}

describe('the files of pages', () => {
  it('have their pages in order, and the newest file comes first', async () => {
    const older = { day_since_epoch: 20779 }
    const found = await files([], [page('a', 1, older), page('b', 0), page('a', 0, older), page('b', 1)])
    expect(found.map((file) => [file.request_file_id, file.pages.map((one) => one.page)])).toEqual([
      ['b', [0, 1]],
      ['a', [0, 1]],
    ])
    expect(found).toMatchObject([{ date: '2026-11-24' }, { date: '2026-11-22' }])
  })

  it('are approved when all their pages are', async () => {
    const done = { is_moderated: true, approval_status: 'approved' }
    const found = await files([page('a', 0, done), page('b', 0, done)], [page('b', 1)])
    expect(found).toMatchObject([
      { request_file_id: 'a', approved: true, approval_status: 'approved' },
      { request_file_id: 'b', approved: false },
    ])
  })

  it('name the fields of each page that failed or are unsure', async () => {
    const boxes = { predicted_boxes: [box('total', 'failed'), box('date', 'success', 0.59), box('vendor')] }
    const [file] = await files([], [page('a', 0, { ...boxes, moderated_boxes: [box('total', 'failed'), box('date')] })])
    expect(file?.pages).toEqual([
      {
        page_id: 'a-0',
        page: 0,
        prediction: 'success',
        failed_validations: ['total'],
        failed_after_correction: ['total'],
        low_scores: ['date'],
      },
    ])
  })

  it('show the export state and the retries of any of their pages', async () => {
    const found = await files([], [page('a', 0), page('a', 1, { export_status: 'failure', retries: 2 })])
    expect(found).toMatchObject([{ export_status: 'failure', export_retries: 2 }])
  })

  it('leave out the day more than was wanted', async () => {
    const days = [20774, 20775, 20781, 20782].map((day) => page(`on-${day}`, 0, { day_since_epoch: day }))
    expect((await files([], days)).map((file) => file.request_file_id)).toEqual(['on-20781', 'on-20775'])
  })

  it('are none when a list is missing, empty or null', async () => {
    expect(await files(undefined, null)).toEqual([])
    expect(await files([], [])).toEqual([])
  })

  it('come the same from lists that have a length and an index and nothing else', async () => {
    const bare = (list: readonly unknown[]) => Object.assign(Object.create(null), { ...list, length: list.length })
    const boxes = [box('total', 'failed'), box('vendor')]
    const plain = await files([], [page('a', 0, { predicted_boxes: boxes }), page('b', 0)])
    const given = bare([page('a', 0, { predicted_boxes: bare(boxes) }), page('b', 0)])
    expect(await files(bare([]), given)).toEqual(plain)
  })
})
