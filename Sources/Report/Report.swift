// What this module guarantees: results are shown in words, tables, charts, pages and the formats of other tools, and the output is a function of the
// result alone. The module adds no figure of its own, needs only stored results, and runs nothing.
//
// Story, Tables  output for the terminal
// Charts         pictures of a result, drawn by gnuplot
// Page           HTML and Markdown, with a part for each benchmark, trial or sweep
// Formats        files for other tools
