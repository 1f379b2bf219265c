@echo off
rem The `sluice` command: the app without its window. Add this folder to your PATH.
"%~dp0..\Sluice.exe" --cli -- %*
