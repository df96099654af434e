using ClosedLoop.Comparison;
using ClosedLoop.Core;

namespace ClosedLoop.Comparing;

/// <summary>What several sessions say together: sessions are the samples of every statistic, so that one of many units does not outvote the others.</summary>
/// <param name="Sessions">The sessions, in the order of their names.</param>
/// <param name="Classes">The classes that all of them have.</param>
public sealed record AcrossSessions(IReadOnlyList<SessionScores> Sessions, IReadOnlyList<AcrossSessions.ClassAcross> Classes)
{
    /// <summary>A class over all sessions.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Kind">What it stands for.</param>
    /// <param name="Best">Units that it predicts best.</param>
    /// <param name="Shares">By session, of the predicted units; NaN where a session has none.</param>
    /// <param name="Similarities">By session; NaN without behaviours.</param>
    /// <param name="SimilarityP">That they are not above 0, signs of sessions flipped, one-sided, adjusted (Benjamini and Hochberg) for all classes; NaN with fewer than two.</param>
    public sealed record ClassAcross(string Name, FeatureKind Kind, int Best, IReadOnlyList<double> Shares, IReadOnlyList<double> Similarities, double SimilarityP);

    /// <summary>Best score of each predicted unit among computational and among representational classes, with the session's index.</summary>
    public IReadOnlyList<(int Session, string Unit, double Computational, double Representational)> Pairs { get; private init; } = [];

    /// <summary>That computational classes predict units no better, by the mean difference of each session, signs flipped; NaN with fewer than two.</summary>
    public double ComputationalP { get; private init; } = double.NaN;

    /// <summary>Units of all sessions.</summary>
    public int Units => Sessions.Sum(session => session.Units.Count);

    /// <summary>Brings sessions together.</summary>
    /// <exception cref="ClosedLoopException">There is none, or they have no class in common.</exception>
    public static AcrossSessions Of(IReadOnlyList<SessionScores> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Count == 0)
            throw ClosedLoopException.Usage("there is no session to bring together");
        SessionScores[] sessions = [.. scores.OrderBy(session => session.Session, NaturalOrder.Instance)];
        var common = sessions[0].Classes.Where(c => sessions.All(session => session.Classes.Any(other => other.Name == c.Name))).ToArray();
        if (common.Length == 0)
            throw ClosedLoopException.Failed($"the sessions have no class of features in common: {string.Join("; ", sessions.Select(session => $"{session.Session} has {string.Join(", ", session.Classes.Select(c => c.Name))}"))}");
        var similarities = common.Select(c => sessions.Select(session => session.Classes.First(other => other.Name == c.Name).Similarity).ToArray()).ToArray();
        var adjusted = BenjaminiHochberg.Adjust([.. similarities.Select(Positive)]);
        var pairs = sessions.SelectMany((session, s) => PairsOf(session).Select(pair => (s, pair.Unit, pair.Computational, pair.Representational))).ToArray();
        return new(sessions, [.. common.Select((c, i) => new ClassAcross(
            c.Name, c.Kind, sessions.Sum(session => session.Units.Count(unit => unit.IsPredicted && unit.Leading == c.Name)),
            [.. sessions.Select(session => session.ShareOf(c.Name))], similarities[i], adjusted[i]))])
        {
            Pairs = pairs,
            ComputationalP = Positive([.. pairs.GroupBy(pair => pair.s).Select(own => own.Average(pair => pair.Computational - pair.Representational))]),
        };
    }

    private static double Positive(double[] values)
    {
        double[] known = [.. values.Where(double.IsFinite)];
        return known.Length < 2 ? double.NaN : SignFlipTest.Greater(known);
    }

    private static IEnumerable<(string Unit, double Computational, double Representational)> PairsOf(SessionScores session)
    {
        if (!Enumerable.Contains(session.Classes.Select(c => c.Kind), FeatureKind.Computational) || !Enumerable.Contains(session.Classes.Select(c => c.Kind), FeatureKind.Representational))
            yield break;
        foreach (var unit in session.Units.Where(unit => unit.IsPredicted))
            yield return (unit.Unit, Best(unit, FeatureKind.Computational), Best(unit, FeatureKind.Representational));

        double Best(SessionUnit unit, FeatureKind kind) => unit.BitsPerSpike.Where((_, c) => session.Classes[c].Kind == kind).Max();
    }
}
