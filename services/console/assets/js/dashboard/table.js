// What is in a panel's table: columns that count something, and rows that have so many of it.
export function read(table) {
  const columns = [...table.tHead.rows[0].cells].filter((cell) => cell.dataset.series).map(column);
  const rows = [...table.tBodies[0].rows].map((row) => ({
    name: row.cells[0].textContent.trim(),
    href: row.cells[0].querySelector("a").href,
    start: row.dataset.start,
    series: Number(row.dataset.series),
    swatch: row.querySelector(".swatch"),
    counts: columns.map((_, place) => count(row.cells[place + 1])),
    share: row.cells[columns.length + 1]?.textContent,
  }));
  return { columns, rows };
}

const column = (cell) => ({
  name: cell.textContent.trim(),
  href: cell.querySelector("a")?.href,
  series: Number(cell.dataset.series),
  line: "line" in cell.dataset,
});

const count = (cell) => Number(cell.textContent.replace(/\D/g, "")); // without what separates thousands

// Where the pictures are that a row and a column both count: all that the row's address asks for, and the column's.
export function both(row, column) {
  if (!column?.href) return row.href;
  const address = new URL(row.href);
  for (const [name, value] of new URL(column.href).searchParams) {
    if (!address.searchParams.getAll(name).includes(value)) address.searchParams.append(name, value);
  }
  return address.href;
}
