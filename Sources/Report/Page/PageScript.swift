/// The only active part of a page: sorts its main table, and unfolds details for printing.
enum PageScript {
  static let javaScript = """
    "use strict";
    for (const table of document.querySelectorAll("table.sortable")) {
      const body = table.tBodies[0];
      const headings = [...table.tHead.rows[0].cells];
      headings.forEach((heading, column) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = heading.textContent;
        heading.replaceChildren(button);
        heading.setAttribute("aria-sort", "none");
        button.addEventListener("click", () => {
          const direction = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
          for (const other of headings) other.setAttribute("aria-sort", "none");
          heading.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
          const key = (row) => row.cells[column].dataset.key ?? row.cells[column].textContent;
          const rows = [...body.rows].sort((left, right) => {
            const [a, b] = [key(left), key(right)];
            const isNumeric = a !== "" && b !== "" && !isNaN(a) && !isNaN(b);
            return direction * (isNumeric ? a - b : a < b ? -1 : a > b ? 1 : 0);
          });
          body.append(...rows);
        });
      });
    }
    addEventListener("beforeprint", () => { for (const details of document.querySelectorAll("details")) details.open = true; });

    """
}
