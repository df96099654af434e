using ClosedLoop.Tests.Recording.KeypointFiles;

namespace ClosedLoop.Tests.CommandLine;

/// <summary>What goes wrong with the input of a session: one sentence that names it, and no work lost on it.</summary>
[Collection(CommandCollection.Name)]
public sealed class SessionErrorTests(CommandSessions sessions)
{
    [Theory]
    [InlineData("nwb")]
    [InlineData("mat")]
    [InlineData("csv")]
    public void A_truncated_file_is_named(string kind)
    {
        var (whole, cut) = (sessions.NewFile(kind), sessions.NewFile(kind));
        var walk = SampleFiles.Walk(20);
        if (kind == "nwb")
            SampleFiles.WriteNwb(whole, walk);
        else if (kind == "mat")
            File.WriteAllBytes(whole, SampleFiles.Mat(true, ("pred", [20, 3, 23], SampleFiles.ToMatlabOrder([.. walk.Select(v => 1e3 * v)], 23))));
        else
            File.WriteAllText(whole, SampleFiles.Csv(walk));
        File.WriteAllBytes(cut, File.ReadAllBytes(whole)[..(int)(new FileInfo(whole).Length * 0.6)]);
        Fails(1, [cut], "replay", cut, "--animal", sessions.Animal);
        Fails(1, [cut], "register", cut, "--out", sessions.NewFile("yaml"));
    }

    [Fact]
    public void A_keypoint_with_a_wrong_name_is_refused_with_the_nearest_right_one()
    {
        var table = sessions.NewFile("csv");
        File.WriteAllText(table, File.ReadAllText(sessions.Table).Replace("Snout_", "Snuot_"));
        Fails(2, ["'Snuot'", "did you mean 'Snout'?"], "replay", table, "--animal", sessions.Animal);
        Fails(2, ["'Snuot'", "did you mean 'Snout'?"], "register", table, "--out", sessions.NewFile("yaml"));
    }

    [Fact]
    public void A_body_is_refused_where_it_is_missing_incomplete_or_another()
    {
        var (body, attachment) = sessions.WriteBody();
        Fails(2, ["/no/such/rat.xml", "there is no such file"], "replay", sessions.Table, "--body", "/no/such/rat.xml", "--attachment", attachment);
        Fails(2, ["/no/such/rat.yaml", "there is no such file"], "replay", sessions.Table, "--body", body, "--attachment", "/no/such/rat.yaml");
        Fails(2, ["needs --attachment"], "replay", sessions.Table, "--body", body);
        Fails(2, ["needs --body"], "register", sessions.Table, "--out", sessions.NewFile("yaml"), "--attachment", attachment);
        Fails(2, ["'Remy' was fitted with the body rodent"], "replay", sessions.Table, "--animal", sessions.Animal, "--body", body, "--attachment", attachment);
        Fails(2, ["'Remy' was fitted with the body rodent"], "replay", sessions.DemoRecording, "--animal", sessions.Animal, "--body", body, "--attachment", attachment);
    }

    [Fact]
    public void A_model_with_an_unknown_attribute_is_refused_by_its_name()
    {
        var (body, attachment) = sessions.WriteBody(changeBody: mjcf => mjcf.Replace("<freejoint", "<freejoint springiness=\"3\""));
        Assert.Contains("springiness", File.ReadAllText(body));
        Fails(1, [Path.GetFileNameWithoutExtension(body), "unrecognized attribute: 'springiness'", "'freejoint'"], "register", sessions.Table, "--out", sessions.NewFile("yaml"), "--body", body, "--attachment", attachment);
    }

    [Fact]
    public void An_attachment_to_a_body_that_the_model_lacks_is_refused_with_the_nearest_one()
    {
        var (body, attachment) = sessions.WriteBody(changeAttachment: text => text.Replace("Snout: skull", "Snout: skul"));
        Assert.Contains("Snout: skul\n", File.ReadAllText(attachment));
        Fails(2, ["'skul'", "did you mean 'skull'?"], "register", sessions.Table, "--out", sessions.NewFile("yaml"), "--body", body, "--attachment", attachment);
    }

    [Theory]
    [InlineData("--frames", "20:10", "'20:10' is not a range of frames")]
    [InlineData("--frames", "190:300", "has the frames 0:200")]
    [InlineData("--rate", "fast", "--rate fast is no rate")]
    [InlineData("--rate", "-1", "--rate -1 is no rate")]
    [InlineData("--episodes", "2", "--episodes 2 is no plan; write SECONDS:EVERY_FRAMES")]
    [InlineData("--rate-hz", "0", "0 is not a frame rate")]
    [InlineData("--units", "cm", "--units cm is no unit of keypoint files; give mm, m, or auto")]
    public void A_wrong_value_of_an_option_is_refused_before_anything_is_fitted(string option, string value, string sentence) =>
        Fails(2, [sentence], "replay", sessions.Table, option, value);

    [Theory]
    [InlineData("--frames", "100:300", "has the frames 0:150")]
    [InlineData("--units", "m", "--units is for keypoint files")]
    [InlineData("--allow-missing", null, "--allow-missing is for keypoint files")]
    public void An_option_that_a_recording_cannot_follow_is_refused(string option, string? value, string sentence)
    {
        var path = sessions.NewFile("mcap");
        Fails(2, [sentence], ["replay", sessions.DemoRecording, option, .. value is null ? Array.Empty<string>() : [value], "--record", path]);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void What_is_there_is_not_overwritten_by_a_recording()
    {
        var path = sessions.NewFile("mcap");
        File.WriteAllText(path, "precious");
        Fails(2, [path, "is there already"], "replay", sessions.Table, "--record", path);
        Assert.Equal("precious", File.ReadAllText(path));
    }

    [Theory]
    [InlineData("replay", "--json")]
    [InlineData("replay", "--picture")]
    [InlineData("register", "--json")]
    [InlineData("register", "--out")]
    [InlineData("demo", "--json")]
    [InlineData("demo", "--out")]
    public void A_place_that_takes_no_files_is_refused_before_any_work(string verb, string option)
    {
        string[] input = verb switch
        {
            "replay" => [sessions.Table],
            "register" when option != "--out" => [sessions.Table, "--out", sessions.NewFile("yaml")],
            "register" => [sessions.Table],
            _ => ["--seconds", "1"],
        };
        // NB: not a matter of permissions, so that it holds for the superuser too.
        Fails(2, [$"'{option} /proc/closedloop", "cannot be written"], [verb, .. input, option, "/proc/closedloop"]);
    }

    [Fact]
    public void An_input_that_is_not_there_or_of_no_known_kind_is_named()
    {
        Fails(2, ["/no/such/file.nwb"], "replay", "/no/such/file.nwb");
        Fails(2, ["/no/such/file.mcap"], "replay", "/no/such/file.mcap");
        Fails(2, ["/no/such/rat.yaml", "'register' makes one"], "replay", sessions.Table, "--animal", "/no/such/rat.yaml");
        var text = sessions.NewFile("txt");
        File.WriteAllText(text, "hello");
        Fails(2, [text], "replay", text);
        var foreign = sessions.NewFile("mcap");
        File.WriteAllText(foreign, "hello, this is no recording, however long one looks at it");
        Fails(1, [foreign], "replay", foreign);
    }

    /// <summary>One sentence on standard error and nothing else, nowhere.</summary>
    private static void Fails(int exitCode, string[] words, params string[] arguments)
    {
        var result = ProgramRunner.Run(arguments);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        var line = Assert.Single(result.ErrorLines);
        Assert.StartsWith("closedloop: ", line);
        Assert.DoesNotContain("defect", line);
        Assert.DoesNotContain("Exception", line);
        Assert.All(words, word => Assert.Contains(word, line));
        Assert.Empty(result.Output);
    }
}
