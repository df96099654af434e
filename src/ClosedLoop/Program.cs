using ClosedLoop.CommandLine;

return await CommandRunner.RunAsync(RootVerb.Create(), args);
