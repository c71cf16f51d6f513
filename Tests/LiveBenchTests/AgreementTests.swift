import Testing

@testable import LiveBench

@Suite struct AgreementTests {
  @Test func `The same order correlates fully, the opposite one negatively`() {
    #expect(Agreement.rankCorrelation([(1, 10), (2, 20), (3, 400)]) == 1)
    #expect(Agreement.rankCorrelation([(1, 400), (2, 20), (3, 10)]) == -1)
  }

  @Test func `A known example gives Spearman's figure`() throws {
    // Differences of ranks 0, 1, 1, 1, 1: 1 - 6 x 4 / (5 x 24).
    let rho = try #require(Agreement.rankCorrelation([(1, 1), (2, 3), (3, 2), (4, 5), (5, 4)]))
    #expect(abs(rho - 0.8) < 1e-12)
  }

  @Test func `Equal values share the mean of their ranks`() {
    #expect(Agreement.ranks([5, 1, 5, 9]) == [2.5, 1, 2.5, 4])
  }

  @Test func `Without an order there is no correlation`() {
    #expect(Agreement.rankCorrelation([(1, 1)]) == nil)
    #expect(Agreement.rankCorrelation([(1, 1), (1, 2)]) == nil)
  }

  @Test func `The median error counts both directions alike`() {
    #expect(abs(Agreement.medianError([(90, 100), (130, 100), (100, 100)])! - 0.1) < 1e-12)
    #expect(Agreement.medianError([]) == nil)
  }

  @Test func `Agreement within a factor or an error is counted`() {
    let pairs = [(predicted: 50.0, measured: 100.0), (200, 100), (201, 100), (49, 100)]
    #expect(Agreement.shareWithin(factor: 2, pairs) == 0.5)
    #expect(Agreement.shareWithin(error: 0.25, [(75, 100), (125, 100), (126, 100), (74, 100)]) == 0.5)
  }
}

@Suite struct LeastSquaresTests {
  @Test func `Costs that explain everything are found`() {
    // Two kinds of work at 3 and 0.5.
    let rows = [([1, 0], 3), ([2, 10], 11), ([0, 4], 2), ([100, 1], 300.5)].map { LeastSquares.Row(work: $0.0, taken: $0.1) }
    let costs = LeastSquares.costs(rows, kinds: 2)
    #expect(abs(costs[0] - 3) < 1e-6)
    #expect(abs(costs[1] - 0.5) < 1e-6)
    #expect(abs(LeastSquares.relativeError(costs, rows[1])) < 1e-6)
  }

  @Test func `No cost is negative, even where that would explain more`() {
    let rows = [([1, 1], 1), ([1, 2], 0.5)].map { LeastSquares.Row(work: $0.0, taken: $0.1) }
    let costs = LeastSquares.costs(rows, kinds: 2)
    #expect(costs.allSatisfy { $0 >= 0 })
    #expect(costs[1] == 0)
  }

  @Test func `Quantiles lie between the samples`() {
    let samples = Samples([4, 1, 3, 2])
    #expect(samples.median == 2.5)
    #expect(samples.quantile(0) == 1)
    #expect(samples.quantile(1) == 4)
    #expect(Samples([]).median == 0)
  }
}
