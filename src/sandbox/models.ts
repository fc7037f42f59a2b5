import type { ExportBlock } from './exports.ts'
import type { Rule } from './rules.ts'

/** The people who can be assigned files. */
export const reviewers = ['maria.keller@example.com', 'jonah.okafor@example.com', 'priya.nair@example.com'] as const

/** The account that owns every API key of the sandbox. */
export const accountEmail = 'ap-automation@example.com'

/** A trained extraction model with its review rules and its export blocks. */
export interface Model {
  readonly model_id: string
  readonly name: string
  /** Stage that holds files with a failed validation. */
  readonly stage_id: string
  readonly members: readonly string[]
  readonly rules: readonly Rule[]
  readonly blocks: readonly ExportBlock[]
}

const currencies = ['EUR', 'GBP', 'USD']

export const invoices: Model = {
  model_id: '5e0f6a3c-7b1d-4c52-9f08-2d94c1e7a6b3',
  name: 'Supplier invoices',
  stage_id: 'b81f2d77-90ac-4e35-8c16-0a5df3721e48',
  members: reviewers,
  rules: [
    { type: 'pattern', label: 'invoice_number', pattern: /^[A-Z0-9][A-Z0-9/-]{3,}$/, means: 'an invoice number' },
    { type: 'date', label: 'invoice_date' },
    { type: 'required', label: 'po_number' },
    { type: 'amount', label: 'total_amount' },
    { type: 'sum', label: 'total_amount', of: ['subtotal', 'tax_amount'] },
  ],
  blocks: [
    {
      destination: 'Salesforce',
      trigger: 'On All Validations Passing',
      key: ['invoice_number'],
      columns: ['invoice_number', 'invoice_date', 'total_amount'],
    },
    {
      destination: 'QuickBooks',
      trigger: 'On Approval',
      key: ['invoice_number'],
      columns: ['invoice_number', 'invoice_date', 'vendor_name', 'currency', 'total_amount'],
      picklists: { currency: currencies },
    },
    {
      destination: 'Google Sheets',
      trigger: 'On Approval',
      key: ['invoice_number'],
      columns: ['invoice_number', 'total_amount'],
    },
  ],
}

export const receipts: Model = {
  model_id: 'c4d87e19-2f6a-4b80-a3e5-71b90d5f8c24',
  name: 'Travel receipts',
  stage_id: '2c9e4f60-1d83-4a7b-b5f2-e60917ad3c58',
  members: [reviewers[0], reviewers[2]],
  rules: [
    { type: 'required', label: 'merchant_name' },
    { type: 'date', label: 'receipt_date' },
    { type: 'amount', label: 'total_amount' },
  ],
  blocks: [
    {
      destination: 'Xero',
      trigger: 'On Approval',
      key: ['merchant_name', 'receipt_date', 'receipt_number'],
      columns: ['merchant_name', 'receipt_date', 'currency', 'total_amount'],
      picklists: { currency: currencies },
    },
    {
      destination: 'Google Sheets',
      trigger: 'On Approval',
      key: ['receipt_number'],
      columns: ['receipt_date', 'total_amount'],
    },
  ],
}

export const purchaseOrders: Model = {
  model_id: '91b3f0d2-6c48-4e9a-8d17-f5a02e63b7c9',
  name: 'Purchase orders',
  stage_id: 'e7045ab9-83f1-4d26-9b0c-5f218c6e7d31',
  members: [reviewers[1], reviewers[2]],
  rules: [
    { type: 'pattern', label: 'po_number', pattern: /^PO-\d{5}$/, means: 'a purchase order number (PO-12345)' },
    { type: 'date', label: 'order_date' },
    { type: 'date', label: 'delivery_date' },
    { type: 'amount', label: 'total_amount' },
  ],
  blocks: [
    {
      destination: 'SAP',
      trigger: 'On Approval',
      key: ['po_number'],
      columns: ['po_number', 'supplier_name', 'delivery_date', 'total_amount'],
    },
    {
      destination: 'Salesforce',
      trigger: 'On Inference',
      key: ['po_number'],
      columns: ['po_number', 'order_date'],
    },
  ],
}
