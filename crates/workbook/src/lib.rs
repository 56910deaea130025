//! Tables in and out: Excel workbooks and CSV.
