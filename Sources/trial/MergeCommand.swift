import ArgumentParser
import Foundation
import Report
import Results

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "merge", abstract: "Judge the parts of a sweep together that verify ran on several machines.",
    discussion: """
      Takes what verify wrote with --out, or folders of that:

        trial verify swarm --seeds 1..10000 --shard 1/2 --out part-1
        trial verify swarm --seeds 1..10000 --shard 2/2 --out part-2
        trial merge part-1 part-2

      Exit codes: those of verify, for all parts together; 65 a part that cannot be read, or the same one twice.
      """)

  @Argument(help: ArgumentHelp("Results of verify, or folders of them.", valueName: "result"), completion: .file())
  var parts: [String]

  @OptionGroup var markOptions: MarkOptions
  @OptionGroup var drawnOptions: DrawnOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let summary: VerifySummary
    do throws(ResultFileError) {
      summary = try merged()
    } catch {
      throw fail(error, .badInput)
    }
    if let out = output.out { try write(summary.json.text, to: "verify.json", in: out) }
    if output.json { print(summary.json.text, terminator: "") }
    let text = output.fitted([summary.text, markOptions.text(of: summary), drawnOptions.text(of: summary)].compactMap { $0 }.joined(separator: "\n"))
    if output.json { if !output.quiet { standardError(text) } } else { print(text) }
    throw ArgumentParser.ExitCode(markOptions.exitCode(of: summary))
  }

  private func merged() throws(ResultFileError) -> VerifySummary {
    var summary = VerifySummary()
    var seen: [(command: String, path: String)] = []
    for part in parts {
      let sweeps = try ResultReader.contents(of: part).sweeps
      guard !sweeps.isEmpty else {
        throw ResultFileError(file: part, problem: "there is no result of a sweep", remedy: "Name what verify wrote with --out; trial report takes other results.")
      }
      for sweep in sweeps {
        let path = part == sweep.file || part.hasSuffix("/\(sweep.file)") ? part : "\(part)/\(sweep.file)"
        if let former = seen.first(where: { $0.command == sweep.summary.replay }) {
          throw ResultFileError(
            file: path, problem: "it is of the same trials as \(former.path): \(sweep.summary.replay)", remedy: "Name each part once, and give the parts different shards or seeds.")
        }
        seen.append((sweep.summary.replay, path))
        summary.add(sweep.summary)
      }
    }
    summary.replay = ShardedCommands(seen.map(\.command)).text
    return summary
  }
}

/// The commands of several sweeps as one: shards of the same sweep that are all there become the whole.
struct ShardedCommands {
  let text: String

  init(_ commands: [String]) {
    var wholes: [(command: String, shards: Set<String>, count: Int, written: [String])] = []
    for command in commands {
      let words = command.components(separatedBy: " --shard ")
      guard words.count == 2, let shard = try? Shard(parsing: words[1]) else {
        wholes.append((command, [], 0, [command]))
        continue
      }
      if let index = wholes.firstIndex(where: { $0.command == words[0] && $0.count == shard.count }) {
        wholes[index].shards.insert(words[1])
        wholes[index].written.append(command)
      } else {
        wholes.append((words[0], [words[1]], shard.count, [command]))
      }
    }
    text = wholes.flatMap { $0.shards.count == $0.count ? [$0.command] : $0.written }.joined(separator: " && ")
  }
}
