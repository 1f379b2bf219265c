@echo off
rem Windows twin of the `electron` script beside this file (not tried on Windows yet).
setlocal
set "NODE_EXE=node"
if exist "%~dp0..\..\node_modules\.bin\node.cmd" set "NODE_EXE=%~dp0..\..\node_modules\.bin\node.cmd"
if not "%SLUICE_NODE%"=="" set "NODE_EXE=%SLUICE_NODE%"
set "INSPECT="
echo %* | findstr /c:"--inspect" >nul && set "INSPECT=--inspect=0"
call "%NODE_EXE%" %INSPECT% --disable-warning=ExperimentalWarning --import "file:///%~dp0register.ts" "%~dp0boot.ts" %*
