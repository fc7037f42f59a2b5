import type { Destination, ExportCause } from './record.ts'

/** Who a document is from, and what they sell: [description, unit price in cents]. */
export interface Party {
  readonly name: string
  readonly address: string
  readonly tax_id: string
  readonly currency: string
  /** Tax in percent. */
  readonly tax: number
  /** Text before the running number of this party's documents. */
  readonly prefix: string
  readonly items: readonly (readonly [string, number])[]
}

/** What is wrong with a document: some fail a validation, some an export, some are only hard to judge. */
export type Flaw =
  | 'ambiguous-date'
  | 'wrong-total'
  | 'missing-number'
  | 'unmapped-currency'
  | 'missing-party'
  | 'blurred'
  | 'injected-note'

/** One document of the seed. */
export interface Draft {
  /** Index into the parties of its kind. */
  readonly party: number
  /** Uploaded so many days before the base day. */
  readonly age: number
  readonly pages?: number
  /** Index into the reviewers. */
  readonly reviewer?: number
  readonly flaws?: readonly Flaw[]
  readonly fate?: 'approved' | 'rejected' | 'failure' | 'pending'
  /** Repeats the number of the draft at this index. */
  readonly duplicateOf?: number
  readonly exportFault?: { readonly destination: Destination; readonly cause: ExportCause; readonly next?: number }
}

export const vendors: readonly Party[] = [
  {
    name: 'Brandt Papier GmbH',
    address: 'Lindenallee 114, 50674 Köln',
    tax_id: 'DE811907343',
    currency: 'EUR',
    tax: 19,
    prefix: 'RE-20',
    items: [
      ['Copy paper A4 80 g, box of 5', 2490],
      ['Window envelopes DL, 1000 pcs', 3150],
      ['Toner cartridge 410X black', 11800],
      ['Archive boxes, pack of 20', 2740],
      ['Whiteboard markers, set of 8', 980],
    ],
  },
  {
    name: 'Northgate Freight Ltd',
    address: 'Unit 7, Harbour Way, Leith EH6 6JJ',
    tax_id: 'GB298447106',
    currency: 'GBP',
    tax: 20,
    prefix: 'NGF/',
    items: [
      ['Pallet transport Leith–Rotterdam', 41200],
      ['Fuel surcharge', 3860],
      ['Customs clearance, per entry', 6500],
      ['Waiting time, per hour', 4200],
    ],
  },
  {
    name: 'Calder Cloud Services Inc.',
    address: '2200 Mission Ridge, Austin, TX 78701',
    tax_id: '74-2918843',
    currency: 'USD',
    tax: 8,
    prefix: 'CCS-4',
    items: [
      ['Compute, reserved, per node', 38400],
      ['Block storage, per TB', 8400],
      ['Data egress, per TB', 6150],
      ['Support plan Business', 95000],
    ],
  },
  {
    name: 'Ostrava Precision s.r.o.',
    address: 'Výstavní 51, 709 00 Ostrava',
    tax_id: 'CZ27864512',
    currency: 'EUR',
    tax: 21,
    prefix: 'FV26',
    items: [
      ['Bearing housing B-114', 4820],
      ['CNC turning, per hour', 7100],
      ['Hardened shaft 12 mm', 1675],
      ['Surface treatment, per kg', 640],
    ],
  },
]

export const merchants: readonly Party[] = [
  {
    name: 'Kaffeehaus Adler',
    address: 'Marktplatz 3, 97070 Würzburg',
    tax_id: 'DE257113908',
    currency: 'EUR',
    tax: 19,
    prefix: 'B',
    items: [
      ['Filter coffee', 390],
      ['Lunch of the day', 1450],
      ['Mineral water 0.5 l', 320],
    ],
  },
  {
    name: 'Maas City Cab',
    address: 'Stationsplein 1, 3013 AJ Rotterdam',
    tax_id: 'NL819340275B01',
    currency: 'EUR',
    tax: 9,
    prefix: 'T-',
    items: [
      ['Ride airport–centre', 3850],
      ['Night surcharge', 600],
    ],
  },
  {
    name: 'Hotel Miramar Porto',
    address: 'Rua da Praia 88, 4150 Porto',
    tax_id: 'PT503184927',
    currency: 'EUR',
    tax: 6,
    prefix: 'FT ',
    items: [
      ['Double room, per night', 12900],
      ['Breakfast', 1400],
      ['City tax', 300],
    ],
  },
  {
    name: 'Quickline Fuel 118',
    address: '410 Lakeshore Rd, Erie, PA 16505',
    tax_id: '25-3317742',
    currency: 'USD',
    tax: 6,
    prefix: '00',
    items: [
      ['Unleaded, 10 gal', 3690],
      ['Car wash', 1200],
    ],
  },
]

export const suppliers: readonly Party[] = [
  {
    name: 'Halvorsen Timber AS',
    address: 'Kaiveien 22, 3110 Tønsberg',
    tax_id: 'NO914582760',
    currency: 'EUR',
    tax: 25,
    prefix: 'PO-4',
    items: [
      ['Spruce board 22×145, per m', 315],
      ['Birch plywood 12 mm sheet', 4890],
      ['Pallet EPAL', 1360],
    ],
  },
  {
    name: 'Delta Verpakking BV',
    address: 'Industrieweg 9, 5627 BS Eindhoven',
    tax_id: 'NL862014759B01',
    currency: 'EUR',
    tax: 21,
    prefix: 'PO-5',
    items: [
      ['Carton 400×300×200', 68],
      ['Stretch film roll', 890],
      ['Tape 50 mm, pack of 6', 1140],
    ],
  },
  {
    name: 'Meridian Lab Supply Inc.',
    address: '17 Carver St, Durham, NC 27704',
    tax_id: '56-2280417',
    currency: 'USD',
    tax: 7,
    prefix: 'PO-6',
    items: [
      ['Pipette tips 200 µl, rack', 1890],
      ['Nitrile gloves M, box', 975],
      ['Centrifuge tubes 50 ml, pack', 2640],
      ['pH buffer set', 3320],
    ],
  },
]

export const invoiceDrafts: readonly Draft[] = [
  { party: 0, age: 0, pages: 2 },
  { party: 2, age: 0, flaws: ['wrong-total'], reviewer: 0 },
  { party: 1, age: 0, flaws: ['injected-note'] },
  { party: 3, age: 0, fate: 'pending' },
  { party: 0, age: 1, flaws: ['ambiguous-date'], reviewer: 1 },
  { party: 3, age: 1, pages: 2 },
  { party: 1, age: 1, flaws: ['blurred'] },
  { party: 2, age: 1, fate: 'approved', duplicateOf: 15 },
  { party: 2, age: 2, fate: 'approved', exportFault: { destination: 'QuickBooks', cause: 'throttled', next: 1 } },
  { party: 1, age: 2, flaws: ['missing-number', 'blurred'], reviewer: 2 },
  { party: 0, age: 2, pages: 3 },
  { party: 3, age: 3, fate: 'approved', exportFault: { destination: 'QuickBooks', cause: 'auth-expired' } },
  { party: 0, age: 3, flaws: ['unmapped-currency'], fate: 'approved' },
  { party: 2, age: 3, pages: 2, flaws: ['wrong-total'], reviewer: 0 },
  { party: 1, age: 4, fate: 'rejected' },
  { party: 2, age: 4, fate: 'approved' },
  { party: 3, age: 5, fate: 'failure' },
  { party: 1, age: 5, pages: 2, fate: 'approved' },
  { party: 0, age: 9, fate: 'approved' },
  { party: 3, age: 12, pages: 2, reviewer: 1 },
]

export const receiptDrafts: readonly Draft[] = [
  { party: 0, age: 0 },
  { party: 1, age: 0, flaws: ['blurred'], reviewer: 0 },
  { party: 2, age: 1, pages: 2 },
  { party: 3, age: 1, flaws: ['ambiguous-date'], reviewer: 2 },
  { party: 0, age: 2, flaws: ['missing-party'], reviewer: 0 },
  { party: 1, age: 2, fate: 'approved' },
  { party: 3, age: 3, fate: 'approved', exportFault: { destination: 'Xero', cause: 'throttled', next: 1 } },
  { party: 2, age: 4, fate: 'rejected' },
  { party: 0, age: 5 },
  { party: 1, age: 8, fate: 'approved' },
]

export const orderDrafts: readonly Draft[] = [
  { party: 0, age: 0, pages: 3 },
  { party: 1, age: 0, pages: 2 },
  { party: 2, age: 1, pages: 2, flaws: ['blurred'], reviewer: 1 },
  { party: 0, age: 1, flaws: ['missing-number'], reviewer: 2 },
  { party: 1, age: 2, pages: 2, fate: 'approved' },
  { party: 2, age: 3, pages: 3, flaws: ['missing-party'], fate: 'approved' },
  { party: 0, age: 3, pages: 2, flaws: ['ambiguous-date'], reviewer: 1 },
  { party: 1, age: 5, fate: 'approved', exportFault: { destination: 'SAP', cause: 'throttled', next: 1 } },
  { party: 2, age: 6, pages: 2 },
  { party: 2, age: 10, pages: 2, fate: 'approved' },
]
