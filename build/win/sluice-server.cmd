@echo off
rem The `sluice-server` command: the app as a file server without a window. Add this folder to your PATH.
"%~dp0..\Sluice.exe" --server -- %*
