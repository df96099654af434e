using ClosedLoop.CommandLine;
using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;
using ClosedLoop.Recording;

namespace ClosedLoop.Sessions;

/// <summary>The animal, its body, and how both are treated: all that a session needs besides its ticks.</summary>
public sealed class SessionSetup : IDisposable
{
    /// <summary>Compiles the body at the animal's size and makes the controller.</summary>
    /// <exception cref="ClosedLoopException">Animal, body, keypoints or controller do not fit each other.</exception>
    public SessionSetup(BodyDescription description, AnimalFile animal, KeypointLayout layout, SessionConfiguration configuration)
    {
        Description = description;
        Animal = animal;
        Layout = layout;
        var (controller, why) = configuration.Controller is { } named ? (named, null) : ControllerFactory.DefaultFor(description, configuration.RateHz);
        Notes = why is null ? [] : [why];
        Configuration = configuration with
        {
            Controller = controller,
            // NB: one tick of the animal's time is one control step of the body's, or the two drift apart.
            Rodent = configuration.Rodent with { ControlPeriodS = 1 / configuration.RateHz },
            ControllerSha256 = SameNetwork($"driven by the network '{controller}'", ControllerFactory.Sha256(controller), configuration.ControllerSha256),
            Policy = configuration.Policy with { Seed = configuration.Seed ?? configuration.Policy.Seed },
        };
        Body = animal.Apply(description, layout);
        Controller = ControllerFactory.Create(controller, Body, Configuration.Rodent.ControlPeriodS, Environment.ProcessorCount, Configuration.Policy);
        if (Configuration.Rodent is not { ReferenceMode: ReferenceMode.Predict } rodent)
            return;
        rodent = rodent with { Forecaster = rodent.Forecaster ?? PoseForecasters.DefaultFor(description, rodent.ControlPeriodS, ForecastModel) };
        Forecaster = PoseForecasters.Make(rodent.Forecaster, Body, rodent.ControlPeriodS, ForecastModel, Controller.FutureFrames);
        Configuration = Configuration with
        {
            Rodent = rodent,
            ForecasterSha256 = SameNetwork($"led by the forecasts of '{rodent.Forecaster}'", (Forecaster as LearnedForecaster)?.NetworkSha256, configuration.ForecasterSha256),
        };
    }

    /// <summary>The folder of the forecaster that comes with the program; null where the program lies outside of its installation.</summary>
    public static string? ForecastModel => Installation.Root is { } root ? Path.Combine(root, "models", "forecast") : null;

    /// <summary>The body before it was sized for the animal.</summary>
    public BodyDescription Description { get; }

    /// <summary>The animal.</summary>
    public AnimalFile Animal { get; }

    /// <summary>Names and order of the keypoints.</summary>
    public KeypointLayout Layout { get; }

    /// <summary>How both are treated.</summary>
    public SessionConfiguration Configuration { get; }

    /// <summary>The body at the animal's size.</summary>
    public BodyModel Body { get; }

    /// <summary>What a person should know of the setup.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>What drives the virtual rodent.</summary>
    public IRodentController Controller { get; }

    /// <summary>What forecasts the reference; null in the mode delay.</summary>
    public IPoseForecaster? Forecaster { get; }

    /// <summary>Sizes and names of what a session of this setup records.</summary>
    public RecordingLayout RecordingLayout => new(
        Layout, Configuration.RateHz, Body.Model.Nq, Body.Model.Nv, Body.Model.Nu, Controller.Activations);

    /// <summary>A registrar for this animal, at its beginning.</summary>
    public Registrar MakeRegistrar(SessionClock? clock) => new(Body, Animal, Configuration.Registration, 1 / Configuration.RateHz, clock);

    /// <summary>A virtual rodent for this animal, waiting for its first pose.</summary>
    public VirtualRodent MakeRodent(SessionClock? clock) => new(Body, Controller, Configuration.Rodent, clock, Forecaster);

    /// <summary>The checksum of a network, which must be that of the recording where there is one.</summary>
    private static string? SameNetwork(string role, string? found, string? sha256)
    {
        return sha256 is not { } recorded || recorded == found
            ? found
            : throw ClosedLoopException.Failed(
                $"the recording's body was {role} with sha256 {recorded[..12]}..., and the one here has {found?[..12] ?? "none"}...; replay it with the version of the program and its models that recorded it");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Forecaster?.Dispose();
        Controller.Dispose();
        Body.Dispose();
    }
}
