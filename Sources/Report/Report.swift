// What this module guarantees: results are shown in words, tables, charts, pages and the formats of other tools, and what is shown is a function of the
// result alone. It adds no figure of its own, needs stored results alone, and runs nothing.
//
// Story, Tables  what a terminal shows
// Charts         pictures, drawn by gnuplot from what a result holds
// Page           HTML and Markdown, with a part for each benchmark, trial or sweep
// Formats        what other tools read
